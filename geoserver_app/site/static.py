"""Static files with their content's hash in the name, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Rewrites static and dynamic ``import`` paths of ES modules too; fails on a reference to a missing file."""

    support_js_module_import_aggregation = True
