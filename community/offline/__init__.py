"""The service worker, the manifest, and the page that is shown without a signal."""
