int plugin_answer(int n)
{
	int twice = n * 2;
	return twice;
}
