int volatile begun;

int in_constructor(int n)
{
	return n + 1;
}

__attribute__((constructor)) static void begin(void)
{
	begun = in_constructor(4);
}
