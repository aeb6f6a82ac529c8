"""Recording of what each expression of a notebook did to its data, inside the kernel."""
