// Not fcgi_stdio.h, which redefines printf and its kin.
#include <fcgiapp.h>
