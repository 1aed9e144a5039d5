"""The steps that bring a database of an earlier version to this one; `app.store.repository` runs them at start."""
