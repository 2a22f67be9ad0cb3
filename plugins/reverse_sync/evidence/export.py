"""Evidence for people without this project: a run as one HTML file that needs nothing else, a history as CSV."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from jinja2 import Environment

from reverse_sync.evidence.links import read_links
from reverse_sync.evidence.report import render

if TYPE_CHECKING:
    from reverse_sync.evidence.shapes import Record
    from reverse_sync.pipeline import Pipeline

COLUMNS = (
    "sequence",
    "dag_id",
    "run_id",
    "times_cleared",
    "due_at",
    "written_at",
    "triggered_by",
    "outcome",
    "succeeded",
    "sentence",
    "mapping_sha256",
    "canary_latency_s",
    "rows_compared",
    "rows_differing",
    "sha256",
)
# What a spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{ record.dag_id }}, {{ record.run_id }}</title>
<style>
  :root { color-scheme: light dark }
  body { font: 16px/1.5 sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
  pre { overflow-x: auto; font-size: 13px }
  table { border-collapse: collapse } th, td { text-align: left; padding: .2rem 1rem .2rem 0; vertical-align: top }
</style>
</head>
<body>
<main>
<h1>{{ record.verdict.outcome or "No outcome" }}</h1>
<p>{{ record.verdict.sentence }}</p>
<table>
  <tr><th scope="row">Run</th><td>{{ record.run_id }} of {{ record.dag_id }}</td></tr>
  <tr><th scope="row">Triggered by</th><td>{{ record.triggered_by }}</td></tr>
  <tr><th scope="row">Due, written (UTC)</th><td>{{ record.due_at }}, {{ record.written_at }}</td></tr>
  <tr><th scope="row">Mapping</th><td>{{ record.mapping_file }}, SHA-256 {{ record.mapping_sha256 }}</td></tr>
{% if record.chain %}
  <tr><th scope="row">Record</th><td>{{ record.chain.sequence }} of {{ record.chain.pipeline }}</td></tr>
  <tr><th scope="row">Its SHA-256</th><td>{{ record.chain.sha256 }}</td></tr>
  <tr><th scope="row">Record before it</th><td>{{ record.chain.previous_sha256 or "none" }}</td></tr>
{% else %}
  <tr><th scope="row">Record</th><td>of format {{ record.format }}, in no chain</td></tr>
{% endif %}
</table>
<h2>Report</h2>
<pre>{{ report }}</pre>
<h2>The whole record</h2>
<details><summary>JSON</summary><pre>{{ text }}</pre></details>
</main>
</body>
</html>
"""


def as_html(record: Record) -> str:
    """The run as a page without scripts that loads nothing."""
    page = Environment(autoescape=True).from_string(_PAGE)
    return page.render(record=record, report=render(record), text=as_json(record))


def as_json(record: Record) -> str:
    """The record as it is kept."""
    return json.dumps(record, ensure_ascii=False, indent=2)


def history_as_csv(pipeline: Pipeline) -> str:
    """All runs of the pipeline, by the chain's links alone: no record is read."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore")
    writer.writeheader()
    for link in read_links(pipeline).values():
        if link and "run" in link:
            row = {**link, **link["run"], "canary_latency_s": link["run"]["latency_s"].get("canary")}
            writer.writerow({key: _cell(value) for key, value in row.items()})
    return text.getvalue()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
