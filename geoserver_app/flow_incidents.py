"""Reports of one problem: added, merged, taken out, moved; and what follows for each. A part of flow."""
