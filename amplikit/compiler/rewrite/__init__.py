"""From v1 to v2: what stands in place of what, and the edits that put it there."""
