"""Reading a file from outside in a process of its own, which can do nothing but read that file.

``door`` is the side of the server and imports nothing of GDAL; ``warden`` is the process that waits, warm, and forks
one ``reading`` for each file; ``walls`` shuts the reading in. What comes back is JSON and plain bytes, never objects.
"""
