"""Makes a backup as Odoo's own database manager does: copies the filestore, dumps to a file, zips in one thread.

Usage: odoo-way.py FILESTORE DATABASE ZIP, with PostgreSQL's PG* variables set.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile

filestore, database, target = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    shutil.copytree(filestore, os.path.join(folder, "filestore"))
    with open(os.path.join(folder, "manifest.json"), "w") as manifest:
        manifest.write("{}")
    subprocess.run(["pg_dump", "--no-owner", "--file=" + os.path.join(folder, "dump.sql"), database], check=True)
    with zipfile.ZipFile(target, "w", compression=zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for parent, _, names in os.walk(folder):
            for name in sorted(names, key=lambda name: name != "dump.sql"):
                path = os.path.join(parent, name)
                archive.write(path, os.path.relpath(path, folder))
