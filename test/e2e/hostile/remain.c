// Leaves a process behind that listens on an abstract socket and, a second later, writes into the output.
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void remain(void)
{
	struct sockaddr_un abstract = { .sun_family = AF_UNIX, .sun_path = "\0left-behind" };
	int handle = socket(AF_UNIX, SOCK_STREAM, 0);
	FILE *output = fopen(getenv("out"), "r+");

	if (bind(handle, (struct sockaddr *)&abstract, offsetof(struct sockaddr_un, sun_path) + 12) || listen(handle, 1))
		exit(1);
	for (;;) {
		sleep(1);
		rewind(output);
		fputs("changed", output);
		fflush(output);
	}
}

int main(void)
{
	FILE *output = fopen(getenv("out"), "w");

	fputs("written", output);
	fclose(output);
	if (fork() == 0) {
		setsid();
		if (fork() == 0) {
			for (int handle = 0; handle < 64; handle++)
				close(handle);
			remain();
		}
		_exit(0);
	}
	usleep(100000);
	return 0;
}
