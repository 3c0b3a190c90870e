/// A request that took long, and where the time went.
package struct SlowRequest: Sendable, Equatable {
    /// Nanoseconds since 1970, of its end.
    package var time: Int
    /// Nanoseconds.
    package var duration: Int
    /// Nanoseconds spent on Postgres, and the number of statements.
    package var database: Int
    package var statements: Int
    /// Nanoseconds spent on other machines' answers.
    package var upstream: Int
    package var status: Int
    /// Method and path without the query, and without what identifies somebody.
    package var request: String
    package var id: String
    /// The statement that took longest, without its values.
    package var statement: String

    package init(
        time: Int,
        duration: Int,
        status: Int,
        request: String,
        id: String,
        effort: RequestEffort
    ) {
        self.time = time
        self.duration = duration
        database = effort.database
        statements = effort.statements
        upstream = effort.upstream
        self.status = status
        self.request = request
        self.id = id
        statement = effort.slowestStatement
    }

    func write(to words: Words) {
        typealias At = PageLayout.Slow
        words[At.duration] = duration
        words[At.database] = database
        words[At.statements] = statements
        words[At.upstream] = upstream
        words[At.status] = status
        words.write(request, at: At.request, count: At.requestWords)
        words.write(id, at: At.id, count: At.idWords)
        let line = statement.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        words.write(line, at: At.statement, count: At.statementWords)
        words.publish(time, at: At.time)
    }

    init?(_ words: ArraySlice<Int>) {
        typealias At = PageLayout.Slow
        let start = words.startIndex
        time = words[start + At.time]
        if time == 0 { return nil }
        duration = words[start + At.duration]
        database = words[start + At.database]
        statements = words[start + At.statements]
        upstream = words[start + At.upstream]
        status = words[start + At.status]
        request = Words.text(words[start + At.request..<start + At.request + At.requestWords])
        id = Words.text(words[start + At.id..<start + At.id + At.idWords])
        statement = Words.text(words[start + At.statement..<start + At.statement + At.statementWords])
    }
}

/// Where the time of one request went. Times are in nanoseconds.
package struct RequestEffort: Sendable, Equatable {
    /// The class of its route.
    package var routeClass = "other"
    package var database = 0
    package var statements = 0
    package var slowestStatement = ""
    package var slowest = 0
    package var upstream = 0

    package init() {}
}
