import Core
import Glibc

/// The pages of all processes of a host, in one directory.
///
/// Counts never go back when a process ends: what a dead one counted is added to the file `past`, and its page is removed. Who reads takes a
/// shared lock, who adds to the past takes it alone, so that nothing is seen twice or missed.
package struct CounterDirectory: Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    /// Everything there is at this moment.
    package func read() throws -> HostCounters {
        try locked(LOCK_SH) {
            var counters = HostCounters()
            if let past = PageFile(path, Self.past) { counters.add(past.series) }
            for name in pages() {
                guard let page = PageFile(path, name) else { continue }
                counters.add(page.isAlive ? page.series : page.series.filter { !$0.key.kind.isState })
                if page.isAlive { counters.processes.append(ProcessState(page)) }
            }
            counters.processes.sort { ($0.pool, $0.process) < ($1.pool, $1.process) }
            counters.isDraining = isDraining
            return counters
        }
    }

    /// Adds the counts of dead processes to the past. A process that dies in the middle of this leaves nothing that would be counted twice: the past
    /// names the page that it has last, and is replaced as a whole.
    package func fold() throws {
        try locked(LOCK_EX) {
            for name in pages() {
                guard let page = PageFile(path, name), !page.isAlive else { continue }
                let past = PageFile(path, Self.past)
                let last = past?.headText(PageLayout.Head.folded, PageLayout.Head.foldedWords)
                if last != name {
                    var sum = HostCounters()
                    if let past { sum.add(past.series) }
                    sum.add(page.series.filter { !$0.key.kind.isState })
                    try write(sum, folded: name)
                }
                unlink("\(path)/\(name)")
            }
        }
    }

    // MARK: - Draining

    /// Whether this host is being taken out of service: it still answers, but says that it is not ready.
    package var isDraining: Bool { access("\(path)/draining", F_OK) == 0 }

    package func setDraining(_ isDraining: Bool) throws {
        let file = "\(path)/draining"
        if isDraining {
            let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o640)
            guard descriptor >= 0 else { throw PageError("open", file) }
            close(descriptor)
        } else if unlink(file) != 0, errno != ENOENT {
            throw PageError("unlink", file)
        }
    }

    // MARK: - One for all

    /// Tries to become the one process of the host that looks after the directory and reports on the host.
    ///
    /// - Returns: what has to be kept to stay it, or nil while another process is.
    package func becomeKeeper() -> Keeper? {
        let descriptor = open("\(path)/keeper", O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return Keeper(descriptor)
    }

    /// The lock ends with it.
    package final class Keeper: Sendable {
        private let descriptor: Int32

        fileprivate init(_ descriptor: Int32) {
            self.descriptor = descriptor
        }

        deinit {
            close(descriptor)
        }
    }

    // MARK: - Files

    private static let past = "past"

    private func pages() -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".page") { names.append(name) }
        }
        return names.sorted()
    }

    private func locked<R>(_ operation: Int32, _ body: () throws -> R) throws -> R {
        // Whoever may only read the directory can still lock a file that is there.
        let file = "\(path)/lock"
        var descriptor = open(file, O_RDONLY | O_CREAT | O_CLOEXEC, 0o640)
        if descriptor < 0 { descriptor = open(file, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw PageError("open", file) }
        defer { close(descriptor) }
        while flock(descriptor, operation) != 0 {
            guard errno == EINTR else { throw PageError("flock", file) }
        }
        return try body()
    }

    private func write(_ counters: HostCounters, folded name: String) throws {
        var words = [Int](repeating: 0, count: PageLayout.head)
        let series = counters.series.values.sorted {
            ($0.key.pool, $0.key.kind.rawValue, $0.key.label) < ($1.key.pool, $1.key.kind.rawValue, $1.key.label)
        }
        words.withUnsafeMutableBytes { buffer in
            let head = Words(buffer.baseAddress!)
            head[0] = PageLayout.magic
            head[PageLayout.Head.seriesCount] = series.count
            head.write(name, at: PageLayout.Head.folded, count: PageLayout.Head.foldedWords)
        }
        for line in series { words += line.words }
        let draft = "\(path)/\(Self.past).new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw PageError("open", draft) }
        defer { close(descriptor) }
        try words.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw PageError("write", draft) }
                rest = rest.dropFirst(count)
            }
        }
        guard rename(draft, "\(path)/\(Self.past)") == 0 else { throw PageError("rename", draft) }
    }
}
