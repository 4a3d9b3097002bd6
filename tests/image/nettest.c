/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does TCP bring what was sent?
 *
 *	nettest serve PORT N		answer N requests, then end
 *	nettest send HOST PORT KB	to the server, which checks it
 *	nettest receive HOST PORT KB	from the server, checked here
 *	nettest pour HOST PORT KB	as send and receive, but the bytes are
 *	nettest drain HOST PORT KB	zeros and only counted (benchmarks)
 *
 * A request is a line, what the client does and how much.  The
 * bytes are pseudo-random, in pieces of odd lengths; whoever gets them compares
 * each one and says how many arrived and how many were wrong.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PIECE	    16001u /* bytes, no multiple of anything */
#define BULK	    65536u
#define TRIES	    600 /* two minutes: the other guest may be slow */
#define PAUSE_US    200000
#define ANSWER_WAIT 60 /* seconds */

struct stream {
	uint32_t x;
};

static uint8_t next_byte(struct stream *s)
{
	s->x = s->x * 1103515245u + 12345u;
	return (uint8_t)(s->x >> 16);
}

static int write_all(int fd, const void *data, size_t n)
{
	const uint8_t *p = data;

	while (n) {
		ssize_t done = write(fd, p, n);

		if (done <= 0)
			return -1;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

static int read_line(int fd, char *line, size_t size)
{
	size_t n = 0;

	while (n + 1 < size && read(fd, line + n, 1) == 1)
		if (line[n++] == '\n')
			break;
	line[n] = '\0';
	return n ? 0 : -1;
}

static int give(int fd, uint32_t bytes)
{
	static uint8_t piece[PIECE];
	struct stream s = { bytes };

	while (bytes) {
		uint32_t n = bytes < PIECE ? bytes : PIECE;

		for (uint32_t i = 0; i < n; i++)
			piece[i] = next_byte(&s);
		if (write_all(fd, piece, n))
			return -1;
		bytes -= n;
	}
	return 0;
}

/* Returns the bytes that came; *@wrong: of them not what was sent. */
static uint32_t take(int fd, uint32_t bytes, uint32_t *wrong)
{
	static uint8_t piece[PIECE];
	struct stream s = { bytes };
	uint32_t got = 0;

	*wrong = 0;
	while (got < bytes) {
		uint32_t want = bytes - got < PIECE ? bytes - got : PIECE;
		ssize_t n = read(fd, piece, want);

		if (n <= 0)
			break;
		for (ssize_t i = 0; i < n; i++)
			*wrong += piece[i] != next_byte(&s);
		got += (uint32_t)n;
	}
	return got;
}

static void pour(int fd, uint32_t bytes)
{
	static uint8_t zeros[BULK];

	for (uint32_t n; bytes; bytes -= n) {
		n = bytes < BULK ? bytes : BULK;
		if (write_all(fd, zeros, n))
			return;
	}
}

static uint32_t drain(int fd, uint32_t bytes)
{
	static uint8_t room[BULK];
	uint32_t got = 0;

	while (got < bytes) {
		ssize_t n = read(fd, room, sizeof(room));

		if (n <= 0)
			break;
		got += (uint32_t)n;
	}
	return got;
}

static void limit(int fd)
{
	struct timeval t = { .tv_sec = ANSWER_WAIT };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}

/* --- Server ---------------------------------------------------------------*/
static void serve_one(int fd)
{
	uint32_t kb, got, wrong = 0;
	char line[64];

	limit(fd);
	if (read_line(fd, line, sizeof(line)))
		return;
	if (sscanf(line, "receive %u", &kb) == 1) {
		give(fd, kb << 10);
		read_line(fd, line, sizeof(line)); /* until it has all */
	} else if (sscanf(line, "drain %u", &kb) == 1) {
		pour(fd, kb << 10);
		read_line(fd, line, sizeof(line));
	} else if (sscanf(line, "send %u", &kb) == 1 ||
		   sscanf(line, "pour %u", &kb) == 1) {
		got = line[0] == 's' ? take(fd, kb << 10, &wrong)
				     : drain(fd, kb << 10);
		snprintf(line, sizeof(line), "%u %u\n", got, wrong);
		write_all(fd, line, strlen(line));
	}
}

static int serve(uint16_t port, long n)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) ||
	    listen(fd, 8)) {
		perror("nettest: serve");
		return 1;
	}
	while (n-- > 0) {
		int c = accept(fd, NULL, NULL);

		if (c < 0)
			return 1;
		serve_one(c);
		close(c);
	}
	return 0;
}

/* --- Client ---------------------------------------------------------------*/
/* The server may not listen yet. */
static int reach(const char *host, uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(port) };

	inet_pton(AF_INET, host, &a.sin_addr);
	for (int i = 0; i < TRIES; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (fd >= 0 && !connect(fd, (struct sockaddr *)&a, sizeof(a)))
			return fd;
		close(fd);
		usleep(PAUSE_US);
	}
	return -1;
}

static int client(const char *what, const char *host, uint16_t port,
		  uint32_t kb)
{
	uint32_t got = 0, wrong = 0;
	int fd = reach(host, port);
	char line[64];

	if (fd < 0) {
		printf("nettest: %s does not answer: %s\n", host,
		       strerror(errno));
		return 1;
	}
	limit(fd);
	snprintf(line, sizeof(line), "%s %u\n", what, kb);
	write_all(fd, line, strlen(line));
	if (!strcmp(what, "receive") || !strcmp(what, "drain")) {
		got = what[0] == 'r' ? take(fd, kb << 10, &wrong)
				     : drain(fd, kb << 10);
		write_all(fd, "done\n", 5);
	} else {
		if (what[0] == 's')
			give(fd, kb << 10);
		else
			pour(fd, kb << 10);
		if (read_line(fd, line, sizeof(line)) ||
		    sscanf(line, "%u %u", &got, &wrong) != 2)
			got = ~0u;
	}
	close(fd);
	printf("nettest: %s %u kB: %u bytes arrived, %u wrong\n", what, kb, got,
	       wrong);
	return got != kb << 10 || wrong;
}

int main(int argc, char **argv)
{
	static const char *const asks[] = { "send", "receive", "pour",
					    "drain" };
	const char *what = argc > 3 ? argv[1] : "";
	unsigned int i;

	if (!strcmp(what, "serve"))
		return serve((uint16_t)atoi(argv[2]), atol(argv[3]));
	for (i = 0; argc > 4 && i < sizeof(asks) / sizeof(asks[0]); i++)
		if (!strcmp(what, asks[i]))
			return client(what, argv[2], (uint16_t)atoi(argv[3]),
				      (uint32_t)strtoul(argv[4], NULL, 10));
	fprintf(stderr,
		"nettest: serve PORT N, send, receive, pour or drain HOST PORT KB\n");
	return 2;
}
