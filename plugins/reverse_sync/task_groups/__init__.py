"""The task groups of the DAGs, each with its tasks and the edges between them; a DAG file joins the groups."""
