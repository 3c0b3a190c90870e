package import Accounts
import Core
import Events
package import HTTP
import Postgres

/// Notes, by whoever may read or write them.
package enum NoteRoutes {
    package static let all: [Route<Context>] = [
        Route(.get, "/api/v1/notes/", .permission(permission), list),
        Route(.get, "/api/v1/notes/list", .permission(permission), titles),
        Route(.post, "/api/v1/notes/create", .permission(permission), create),
        Route(.get, "/api/v1/notes/{id}", .permission(permission), show),
        Route(.post, "/api/v1/notes/{id}/update", .permission(permission), update),
        Route(.delete, "/api/v1/notes/{id}/delete", .permission(permission), delete),
    ]

    static let permission = "features.notes"

    static func list(_ context: Context) throws -> Response {
        let account = try context.account.id
        return try .json { try NoteStore.writeListed(for: account, to: &$0, context.database) }
    }

    static func titles(_ context: Context) throws -> Response {
        let account = try context.account.id
        let page = try Page.named(by: context.request)
        return try .json { try NoteStore.writeTitles(for: account, page: page, to: &$0, context.database) }
    }

    /// A note is born public only with the permission to make it so.
    static func create(_ context: Context) throws -> Response {
        let form = try NoteForm(context.request)
        let account = try context.account
        let control = form.control ?? .null
        let isAllowed = try !control.isNull || context.allows("sharing.public_notes")
        let note = try refusingUnstorable {
            try NoteStore.insert(form, control: isAllowed ? control : [:], owner: account.id, context.database)
        }
        return .json { note.write(to: &$0) }
    }

    static func show(_ context: Context) throws -> Response {
        let note = try find(context, .read)
        return .json { note.write(to: &$0) }
    }

    static func update(_ context: Context) throws -> Response {
        let form = try NoteForm(context.request)
        let mayPublish = try context.allows("sharing.public_notes")
        let note = try refusingUnstorable {
            try context.database.transaction {
                try UpdateLog.lock(context.parameter("id"), context.database)
                let before = try find(context, .write, lock: true)
                var control = form.control
                if control?.isNull == true, before.accessControl != nil, !mayPublish { control = [:] }
                try NoteChange.replaceDocument(of: before, by: form, context.database)
                guard let note = try NoteStore.update(before.id, form, control: control, context.database) else {
                    throw APIError.notFound(Detail.notFound)
                }
                try NoteChange.announce(note, formerControl: before.accessControl, context)
                return note
            }
        }
        return .json { note.write(to: &$0) }
    }

    static func delete(_ context: Context) throws -> Response {
        try context.database.transaction {
            // In the order in which writers lock, so that nobody waits for the other.
            try UpdateLog.lock(context.parameter("id"), context.database)
            try NoteStore.delete(try find(context, .write).id, context.database)
        }
        return .json(true)
    }

    private static func find(_ context: Context, _ right: AccessControl.Right, lock: Bool = false) throws -> Note {
        guard let note = try NoteStore.find(context.parameter("id"), lock: lock, context.database) else {
            throw APIError.notFound(Detail.notFound)
        }
        guard try note.access.allows(right, context.account) else { throw APIError.forbidden(Detail.somethingWrong) }
        return note
    }

    private static func refusingUnstorable<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as PostgresError where error.sqlState.hasPrefix("22") || error.sqlState.hasPrefix("54") {
            throw APIError.badRequest(Detail.error("The note can not be stored: \(error.message)"))
        }
    }
}
