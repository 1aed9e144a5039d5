"""What holds for every test: no network, and no verdict by the clock."""

import os

from hypothesis import settings

# Before anything imports huggingface_hub, which reads it once.
os.environ["HF_HUB_OFFLINE"] = "1"

# A shared machine is slow at times; benchmarks measure speed. Under CI=true hypothesis starts from its own profile for
# CI, where the examples are the same each time.
settings.register_profile("counterclaim", parent=settings.default, deadline=None)
settings.load_profile("counterclaim")
