"""What claims mean to each other: embedding, pairing, judging, relations, reasons. No files of articles, no HTTP."""
