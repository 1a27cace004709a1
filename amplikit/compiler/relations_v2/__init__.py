"""What the v2 relation directives have in common, by the way they name their keys."""
