/* Names the target that programs are run in, and starts the command line. */
#include "ui/cli/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv, target_linux_create);
}
