/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frontend's side of a split driver's handshake, common to all devices.
 */
#ifndef VMI_XEN_XENBUS_H
#define VMI_XEN_XENBUS_H

#include "types.h"

#define XENBUS_NODE_MAX 64
#define XENBUS_PATH_MAX 128

/* States as in xen/io/xenbus.h. */
enum xb_state {
	XENBUS_UNKNOWN,
	XENBUS_INITIALISING,
	XENBUS_INIT_WAIT,
	XENBUS_INITIALISED,
	XENBUS_CONNECTED,
	XENBUS_CLOSING,
	XENBUS_CLOSED,
	XENBUS_RECONFIGURING,
	XENBUS_RECONFIGURED,
};

struct xenbus_dev {
	char node[XENBUS_NODE_MAX];    /* "device/vbd/51712" */
	char backend[XENBUS_PATH_MAX]; /* "/local/domain/0/backend/vbd/..." */
	uint32_t backend_id;	       /* domain */
	uint32_t id;		       /* last part of node */
	enum xb_state state;	       /* ours */
	/** The backend changed its state. Context: upcall. */
	void (*changed)(struct xenbus_dev *d, enum xb_state backend);
};

/**
 * Call @found with each device of @type ("vbd", "vif"), in the order of
 * their numbers; @opaque is handed on.  Not from within @found.
 */
void xenbus_scan(const char *type, void (*found)(void *opaque, uint32_t id),
		 void *opaque);
/**
 * From now on refuse each device of @type that is not @known: the guest's board
 * is made at the start.  The toolstack sees it closed, with an error that says
 * why.
 */
void xenbus_refuse_others(const char *type, bool (*known)(uint32_t id));
/** Fill @d for device @id of @type. Returns 0 or a negative error. */
int xenbus_open(struct xenbus_dev *d, const char *type, uint32_t id);
/** Set our state. */
void xenbus_switch(struct xenbus_dev *d, enum xb_state s);
/**
 * The backend's state into @state; XENBUS_UNKNOWN when its node is gone.
 * Returns 0, or a negative error when it could not be read or is no state.
 */
int xenbus_backend_state(struct xenbus_dev *d, enum xb_state *state);
/**
 * Begin the handshake from its start, whatever a loader before us has left,
 * and drive it until *@connected, at most @seconds; then watch the backend.
 * Returns *@connected.
 */
bool xenbus_connect(struct xenbus_dev *d, const bool *connected,
		    unsigned int seconds);

/* Values of the two directories.  Errors as in xenstore.h. */
int xenbus_front_write(struct xenbus_dev *d, const char *key, const char *fmt,
		       ...) __printf(3, 4);
int xenbus_front_read(struct xenbus_dev *d, const char *key, char *buf,
		      size_t size);
int xenbus_back_read(struct xenbus_dev *d, const char *key, char *buf,
		     size_t size);
/** A number of the backend's; @otherwise when there is none or a bad one. */
uint32_t xenbus_back_number(struct xenbus_dev *d, const char *key,
			    uint32_t otherwise);
uint64_t xenbus_back_number64(struct xenbus_dev *d, const char *key,
			      uint64_t otherwise);

#endif
