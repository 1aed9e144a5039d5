"""Named evaluation suites: public sets of data and ours, each measured by what its labels mean.

    report = measure("mnli", Path("data"), Bench(Models()))
    eval.suites.shapes.write(report, Path("report/"))

records      what a suite is, what it needs, what it finds
pairs documents checkworthy retrieval attribution events     one module a sort of data
catalogue    the suites by name, and the one door: `measure`
shapes       the findings as text, Markdown, JSON and CSV
"""
