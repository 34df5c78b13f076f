// A program in which nothing of Rust's panics is found: that is said.
//@ only-oxdb
//@ typed
int main(void)
{
	return 0;
}

// oxdb-command: catch panic
// oxdb-check: Catchpoint 1 (panic)
// oxdb-check: No symbol of Rust's panics is known yet (rust_panic): nothing is caught unless a library has it.
