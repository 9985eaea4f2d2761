//! The public side: the form, the private link, and what a person does through it (SC-1, SC-15).
