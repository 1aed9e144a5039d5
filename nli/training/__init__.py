"""Make the shipped judges again: a readable mix of data in, weights, model card and figures out (`README.md`)."""
