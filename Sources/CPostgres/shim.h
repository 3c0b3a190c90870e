#include <libpq-fe.h>
#include <sys/eventfd.h>

// The fields of an error report are character constants, which are not imported.
static const int swiftlet_diag_sqlstate = PG_DIAG_SQLSTATE;
static const int swiftlet_diag_message = PG_DIAG_MESSAGE_PRIMARY;
static const int swiftlet_diag_constraint = PG_DIAG_CONSTRAINT_NAME;
static const int swiftlet_diag_position = PG_DIAG_STATEMENT_POSITION;
static const int swiftlet_diag_function = PG_DIAG_SOURCE_FUNCTION;

// A counter that poll() can wait for. The flags are enumerators that are not imported as plain integers.
static inline int swiftlet_wake_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
