int plugin_entry(int x);

int plugin_entry(int x)
{
	return x * 2;
}
