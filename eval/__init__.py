"""How well it works: labelled data, metrics, reports, benchmarks. Always `from eval.x import y`: it is a builtin."""
