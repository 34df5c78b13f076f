/* 0 when it has the terminal that is its stdin; it leaves that without echo. */
#include <termios.h>
#include <unistd.h>

int main(void)
{
	struct termios modes;
	if (tcgetpgrp(0) != getpgrp() || tcgetattr(0, &modes) != 0 || !(modes.c_lflag & ECHO))
		return 1;
	modes.c_lflag &= ~(tcflag_t)ECHO;
	return tcsetattr(0, TCSANOW, &modes) == 0 ? 0 : 2;
}
