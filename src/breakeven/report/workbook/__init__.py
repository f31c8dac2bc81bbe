"""The workbook of a study: every number a live formula, printed from the lines themselves."""

from breakeven.report.workbook.write import workbook_of, write_workbook

__all__ = ["workbook_of", "write_workbook"]
