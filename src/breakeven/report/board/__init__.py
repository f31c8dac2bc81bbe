"""The board pack: the memo as PDF, page and Markdown, the pictures, the workbook and the study as JSON."""
