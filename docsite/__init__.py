"""The documentation site: the pages that are made out of the code, and how links reach the files outside of docs/."""
