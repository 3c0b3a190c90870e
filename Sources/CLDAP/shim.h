#include <ldap.h>
#include <string.h>
#include <sys/time.h>

// Options are set through untyped pointers, and some constants are casts or addresses, which are not imported.
static const int swiftlet_ldap_scope_subtree = LDAP_SCOPE_SUBTREE;

static inline int swiftlet_ldap_set_int(LDAP *ld, int option, int value) { return ldap_set_option(ld, option, &value); }

static inline int swiftlet_ldap_set_text(LDAP *ld, int option, const char *value) {
    return ldap_set_option(ld, option, value);
}

static inline int swiftlet_ldap_set_timeout(LDAP *ld, int option, int seconds) {
    struct timeval time = {.tv_sec = seconds, .tv_usec = 0};
    return ldap_set_option(ld, option, &time);
}

static inline int swiftlet_ldap_follow_no_referrals(LDAP *ld) {
    return ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
}

// Whether the library's TLS is GnuTLS, whose cipher lists have a notation of their own.
static inline int swiftlet_ldap_uses_gnutls(void) {
    char *package = NULL;
    if (ldap_get_option(NULL, LDAP_OPT_X_TLS_PACKAGE, &package) != LDAP_OPT_SUCCESS || package == NULL) return 0;
    int is_gnutls = strcmp(package, "GnuTLS") == 0;
    ldap_memfree(package);
    return is_gnutls;
}

static inline int swiftlet_ldap_simple_bind(LDAP *ld, const char *dn, const char *password) {
    struct berval credentials = {.bv_len = strlen(password), .bv_val = (char *)password};
    return ldap_sasl_bind_s(ld, dn, LDAP_SASL_SIMPLE, &credentials, NULL, NULL, NULL);
}
