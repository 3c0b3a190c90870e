import CSystem
import Glibc

/// The memory of a process as the kernel tells it.
package struct ProcessMemory: Sendable, Equatable {
    /// Bytes that are in memory, and those of them that it shares with files and other processes; 0 when it can not be told.
    package let resident: Int
    package let shared: Int

    init(of process: Int) {
        let fields = SystemText.read("/proc/\(process)/statm").split(separator: " ").map { Int($0) ?? 0 }
        let page = sysconf(Int32(_SC_PAGESIZE))
        resident = fields.count > 2 ? fields[1] * page : 0
        shared = fields.count > 2 ? fields[2] * page : 0
    }
}

/// What the machine has.
package struct HostFacts: Sendable {
    /// The processors that this process may use.
    package let cores: Int
    /// Bytes.
    package let memory: Int
    /// 0 when it can not be told.
    package let availableMemory: Int
    /// The mean number of runnable tasks over a minute.
    package let load: Double

    package init(cores: Int, memory: Int, load: Double) {
        self.cores = cores
        self.memory = memory
        availableMemory = memory
        self.load = load
    }

    /// This machine.
    package init() {
        cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        var now = 0.0
        var total = swiftlet_machine(&now)
        // Stays 0 where the unit hides /proc/meminfo.
        var available = 0
        for line in SystemText.read("/proc/meminfo").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 1, let kibibytes = Int(words[1]) else { continue }
            if words[0] == "MemTotal:" { total = kibibytes << 10 }
            if words[0] == "MemAvailable:" { available = kibibytes << 10 }
        }
        // A service may have less than the machine: the limit of its control group.
        let group = SystemText.read("/proc/self/cgroup").split(separator: "\n").last?.split(
            separator: ":",
            maxSplits: 2,
            omittingEmptySubsequences: false
        ).last
        let limit = Int(SystemText.read("/sys/fs/cgroup\(group ?? "")/memory.max").filter(\.isNumber))
        memory = limit.map { min($0, total) } ?? total
        availableMemory = min(available, memory)
        load = (now * 100).rounded() / 100
    }

    /// The name of this host as the kernel has it.
    package static var name: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// The small files of /proc and /sys.
enum SystemText {
    static func read(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        let bytes = [UInt8](unsafeUninitializedCapacity: 8192) { buffer, count in
            count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
