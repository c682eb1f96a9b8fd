"""Is this true? What members wonder about, and the answer under every copy."""
