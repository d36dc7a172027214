"""The one drawer of maps as SVG: for pages without scripts, for print, for stand-alone files."""
