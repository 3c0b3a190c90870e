import CLDAP
import Glibc
import Synchronization

/// What a directory answered, or why it gave no answer. It holds no name and no password.
struct DirectoryError: Error, Equatable, CustomStringConvertible {
    enum Step: String {
        case setup = "preparing the connection"
        case encryption = "starting TLS"
        case bind = "signing in"
        case search = "searching"
    }

    let step: Step
    let code: Int32

    var description: String {
        "\(step.rawValue): \(ldap_err2string(code).map { String(cString: $0) } ?? "error") (\(code))"
    }

    var isWrongPassword: Bool { code == LDAP_INVALID_CREDENTIALS }
}

/// A connection to a directory, used by one thread. Every wait is bounded.
final class DirectoryConnection {
    struct Entry: Equatable {
        let name: String
        /// By the attributes' names in lower case.
        let values: [String: [String]]

        func values(of attribute: String) -> [String] {
            values[attribute.lowercased()] ?? []
        }
    }

    /// In seconds, for a connection and for TLS on it.
    private static let connectTimeout: Int32 = 5
    /// In seconds, for an answer.
    private static let answerTimeout: Int32 = 10
    /// Values that are read of an attribute; an account is in fewer groups.
    private static let maximumValues = 5000
    /// The library prepares TLS for the whole process on first use.
    private static let setup = Mutex(())

    private let handle: OpaquePointer

    /// Nothing is sent yet but what starts TLS on a plain connection.
    init(_ directory: Directory) throws {
        var opened: OpaquePointer?
        let result = Self.setup.withLock { _ in ldap_initialize(&opened, directory.uri) }
        guard result == LDAP_SUCCESS, let opened else { throw DirectoryError(step: .setup, code: result) }
        handle = opened
        try configure(directory)
        if directory.encryption == .startTLS {
            try check(ldap_start_tls_s(handle, nil, nil), .encryption)
        }
    }

    deinit {
        ldap_unbind_ext_s(handle, nil, nil)
    }

    /// - Precondition: the password is not empty, or the name is: directories take one without the other for nobody, and say yes.
    func bind(_ name: String, password: String) throws {
        precondition(name.isEmpty || !password.isEmpty, "a bind without a password proves nothing")
        try check(swiftlet_ldap_simple_bind(handle, name, password), .bind)
    }

    /// The entries below `base` that pass the filter, at most `limit`.
    func search(base: String, filter: String, attributes: [String], limit: Int32) throws -> [Entry] {
        var answer: OpaquePointer?
        var names = attributes.map { UnsafeMutablePointer<CChar>?.some(strdup($0)) } + [nil]
        defer { for name in names { free(name) } }
        var timeout = timeval(tv_sec: Int(Self.answerTimeout), tv_usec: 0)
        let code = ldap_search_ext_s(
            handle,
            base,
            swiftlet_ldap_scope_subtree,
            filter,
            &names,
            0,
            nil,
            nil,
            &timeout,
            limit,
            &answer
        )
        defer { if let answer { ldap_msgfree(answer) } }
        // One entry too many says as much as all of them would.
        if code != LDAP_SIZELIMIT_EXCEEDED { try check(code, .search) }
        var entries: [Entry] = []
        var entry = answer.flatMap { ldap_first_entry(handle, $0) }
        while let current = entry, entries.count < Int(limit) {
            entries.append(read(current, attributes))
            entry = ldap_next_entry(handle, current)
        }
        return entries
    }

    private func read(_ entry: OpaquePointer, _ attributes: [String]) -> Entry {
        let name = ldap_get_dn(handle, entry)
        defer { ldap_memfree(name) }
        var values: [String: [String]] = [:]
        for attribute in attributes {
            guard let list = ldap_get_values_len(handle, entry, attribute) else { continue }
            defer { ldap_value_free_len(list) }
            let count = min(Int(ldap_count_values_len(list)), Self.maximumValues)
            values[attribute.lowercased()] = (0..<count).compactMap { index in
                guard let value = list[index]?.pointee, let start = value.bv_val else { return nil }
                let bytes = UnsafeRawBufferPointer(start: start, count: Int(value.bv_len))
                return String(decoding: bytes, as: UTF8.self)
            }
        }
        return Entry(name: name.map { String(cString: $0) } ?? "", values: values)
    }

    private func configure(_ directory: Directory) throws {
        try check(swiftlet_ldap_set_int(handle, LDAP_OPT_PROTOCOL_VERSION, LDAP_VERSION3), .setup)
        try check(swiftlet_ldap_set_timeout(handle, LDAP_OPT_NETWORK_TIMEOUT, Self.connectTimeout), .setup)
        try check(swiftlet_ldap_set_timeout(handle, LDAP_OPT_TIMEOUT, Self.answerTimeout), .setup)
        try check(swiftlet_ldap_set_int(handle, LDAP_OPT_TIMELIMIT, Self.answerTimeout), .setup)
        // A referral would send the passwords to a place that nobody here chose.
        try check(swiftlet_ldap_follow_no_referrals(handle), .setup)
        guard directory.encryption != .none else { return }
        let demand = directory.checksCertificate ? LDAP_OPT_X_TLS_DEMAND : LDAP_OPT_X_TLS_NEVER
        try check(swiftlet_ldap_set_int(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, demand), .setup)
        if !directory.authorityFile.isEmpty {
            try check(swiftlet_ldap_set_text(handle, LDAP_OPT_X_TLS_CACERTFILE, directory.authorityFile), .setup)
        }
        let ciphers = Ciphers(directory.ciphers, isGnuTLS: swiftlet_ldap_uses_gnutls() != 0)
        if let text = ciphers.text {
            try check(swiftlet_ldap_set_text(handle, LDAP_OPT_X_TLS_CIPHER_SUITE, text), .setup)
        }
        let minimum = (3 << 8) + 3  // TLS 1.2, in the notation of LDAP_OPT_X_TLS_PROTOCOL.
        try check(swiftlet_ldap_set_int(handle, LDAP_OPT_X_TLS_PROTOCOL_MIN, Int32(minimum)), .setup)
        let code = Self.setup.withLock { _ in swiftlet_ldap_set_int(handle, LDAP_OPT_X_TLS_NEWCTX, 0) }
        try check(code, .encryption)
    }

    private func check(_ code: Int32, _ step: DirectoryError.Step) throws {
        guard code == LDAP_SUCCESS else { throw DirectoryError(step: step, code: code) }
    }
}

extension DirectoryConnection {
    /// The choice of ciphers in the notation of the library at hand.
    struct Ciphers: Equatable {
        /// Nil for the library's own choice.
        let text: String?

        /// The setting's usual values are OpenSSL's words for "what you think best", or close to it; GnuTLS does not know them.
        init(_ setting: String, isGnuTLS: Bool) {
            let isPriority = ["NORMAL", "SECURE", "PFS", "PERFORMANCE", "SUITEB", "LEGACY", "NONE", "SYSTEM", "@"]
                .contains {
                    setting.hasPrefix($0)
                }
            text = setting.isEmpty || (isGnuTLS ? !isPriority : setting == "ALL") ? nil : setting
        }
    }
}
