int shared_total = 1;

int bump(void)
{
	return ++shared_total; /* the program's */
}
