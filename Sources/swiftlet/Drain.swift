import Administration
import ArgumentParser
import Core
import Metrics

/// Takes this host out of service, as a load balancer sees it.
struct Drain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes /ready say that this host is not ready, while it still answers everything.",
        discussion: """
            A load balancer then sends new requests elsewhere. It holds until --undo, or until the pool “web” is started anew. With \
            DRAIN_NOTICE the same happens by itself for some seconds when the server is stopped.
            """
    )

    @Flag(help: "Puts the host back into service.")
    var undo = false

    func run() throws {
        let counters = try Settings(source: .process()).counters
        do {
            try counters.setDraining(!undo)
        } catch let error as PageError {
            throw Failure("\(error). Is SWIFTLET_COUNTERS_DIR the directory of the running server?")
        }
        print(undo ? "This host is in service." : "This host is being taken out of service.")
    }
}
