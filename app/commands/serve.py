"""`counterclaim serve`: the service over HTTP."""
