#include <crypt.h>

// The work area of crypt_rn holds an array too large for Swift to import; its size is all that is needed.
static inline int crypt_work_area_size(void) { return (int)sizeof(struct crypt_data); }
