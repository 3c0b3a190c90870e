package import Core
package import Events
package import HTTP
package import Logging
package import Outbound
package import Postgres

/// What a handler is given: the request, who sent it, and the means to answer. One for each request, used by one thread.
package final class Context {
    package let request: Request
    package let parameters: [String: String]
    package let database: Connection
    /// For the few routes that wait on another machine.
    package let http: HTTPClient
    package let shared: Shared
    private var identification: Identification = .open
    private var isFresh = false

    /// What all requests of a process have in common.
    package struct Shared: Sendable {
        package let settings: LiveSettings
        package let publisher: Publisher
        package let log: Logger
        package let accountHooks: AccountHooks

        package init(
            settings: LiveSettings,
            publisher: Publisher,
            log: Logger,
            accountHooks: AccountHooks = AccountHooks()
        ) {
            self.settings = settings
            self.publisher = publisher
            self.log = log
            self.accountHooks = accountHooks
        }
    }

    private enum Identification {
        case open
        case known(Caller)
        case refused(any Error)
    }

    package init(request: Request, parameters: [String: String], database: Connection, http: HTTPClient, shared: Shared)
    {
        self.request = request
        self.parameters = parameters
        self.database = database
        self.http = http
        self.shared = shared
    }

    /// A segment of the path that the route names.
    package func parameter(_ name: String) -> String {
        parameters[name] ?? ""
    }

    /// - Throws: 401 or 403 when the request has no good credential.
    package var caller: Caller {
        get throws {
            switch identification {
            case .known(let caller): return caller
            case .refused(let error): throw error
            case .open: return try identify()
            }
        }
    }

    /// Who sends the request, as far as anybody asked; asks nothing itself.
    package var identifiedCaller: Caller? {
        if case .known(let caller) = identification { caller } else { nil }
    }

    package var account: Account {
        get throws { try caller.account }
    }

    /// Nil for a visitor, also for one with a bad token.
    package var visitor: Account? {
        get throws {
            do { return try account } catch is APIError { return nil }
        }
    }

    /// The settings as they are in the database at this moment.
    package var settings: Settings {
        get throws {
            if !isFresh {
                try shared.settings.refresh(toVersion: SettingsStore.version(database), database)
                isFresh = true
            }
            return shared.settings.current
        }
    }

    package var publisher: Publisher {
        shared.publisher
    }

    /// What the caller may do.
    package var permissions: Permissions {
        get throws { Permissions(of: try account, try settings) }
    }

    /// Admins may do everything.
    package func allows(_ permission: String) throws -> Bool {
        try account.isAdmin || permissions.allows(permission)
    }

    /// Takes note that the caller was here, at most once a minute; to be called when the request is done.
    package func noteActivity() {
        guard case .known(let caller) = identification else { return }
        do {
            try AccountStore.touch(caller.account, database)
            try SessionStore.noteUse(of: caller, request, shared.settings.current, database)
        } catch {
            shared.log.debug("the last activity was not noted", metadata: ["error": "\(error)"])
        }
    }

    /// Runs the declared check of a route.
    package func check(_ access: Access) throws {
        switch access {
        case .anyone: return
        case .daemon: if !request.client.isInternal { throw APIError.notFound() }
        case .signedIn: _ = try account
        case .verified: try requireVerified()
        case .admin:
            if try !account.isAdmin { throw APIError.unauthorized(Detail.accessProhibited) }
        case .permission(let permission):
            try requireVerified()
            if try !allows(permission) { throw APIError.unauthorized(Detail.accessProhibited) }
        }
    }

    private func requireVerified() throws {
        if try account.role == .pending { throw APIError.unauthorized(Detail.accessProhibited) }
    }

    private func identify() throws -> Caller {
        do {
            let caller = try Authenticator(settings: shared.settings, database: database).authenticate(request)
            isFresh = true
            identification = .known(caller)
            return caller
        } catch let error as APIError {
            identification = .refused(error)
            throw error
        }
    }
}
