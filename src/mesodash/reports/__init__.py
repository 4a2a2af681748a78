"""Reports across patients: one metric a module, each an Ibis expression over the lake."""
