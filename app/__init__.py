"""The doors: the store, the HTTP service and the command. Models and settings come in here and nowhere deeper."""
