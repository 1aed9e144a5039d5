"""Articles, claims, vectors and findings in one embedded SQLite file; each article changes whole or not at all."""
