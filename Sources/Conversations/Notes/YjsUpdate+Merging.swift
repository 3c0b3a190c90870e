extension YjsUpdate {
    /// One update that says what all of these say.
    ///
    /// Content that is deleted is left out, and what was typed letter by letter becomes one text again; so the result is about
    /// as small as the document. An update may leave out what the others hold, and they may overlap.
    ///
    /// - Returns: nil when structs overlap in such a way that they would have to be cut in two, or when there are too many.
    static func merging(_ updates: [[UInt8]]) throws(YjsError) -> [UInt8]? {
        var deletions = YjsDeletions()
        var structs: [UInt64: [YjsStruct]] = [:]
        var count = 0
        for bytes in updates {
            let update = try YjsUpdate(bytes)
            count += update.structs.count
            if count > maximumStructs { return nil }
            deletions.formUnion(update.deletions)
            for item in update.structs where item.kind != .skip { structs[item.client, default: []].append(item) }
        }
        deletions = deletions.normalized()
        var writer = YjsWriter()
        writer.number(UInt64(structs.count))
        // Yjs writes the clients from the largest id downwards.
        for (client, all) in structs.sorted(by: { $0.key > $1.key }) {
            guard let row = row(of: all) else { return nil }
            let short = shortened(row, deletions)
            writer.number(UInt64(short.count))
            writer.number(client)
            writer.number(short[0].clock)
            for item in short { item.write(to: &writer) }
        }
        write(deletions, to: &writer)
        return writer.bytes
    }

    /// Structs of one client that follow each other without overlapping, and with gaps only where nothing is known.
    private static func row(of structs: [YjsStruct]) -> [YjsStruct]? {
        let sorted = structs.sorted { ($0.clock, $1.length) < ($1.clock, $0.length) }
        var row: [YjsStruct] = []
        var start = 0
        while start < sorted.count {
            // A stretch is covered without a gap.
            var (end, top) = (start, sorted[start].clock)
            while end < sorted.count, sorted[end].clock <= top {
                top = max(top, sorted[end].clocks.upperBound)
                end += 1
            }
            guard let stretch = path(through: sorted[start..<end], to: top) else { return nil }
            if let last = row.last {
                row.append(.gap(of: last.client, last.clocks.upperBound..<sorted[start].clock))
            }
            row += stretch
            start = end
        }
        return row
    }

    /// Of structs that overlap, those that lead from the first clock to the last, each beginning where another ends.
    private static func path(through structs: ArraySlice<YjsStruct>, to top: UInt64) -> [YjsStruct]? {
        let first = structs[structs.startIndex].clock
        // For each clock that can be reached the struct that ends there.
        var steps: [UInt64: YjsStruct] = [:]
        for item in structs where item.clock == first || steps[item.clock] != nil {
            if steps[item.clocks.upperBound] == nil { steps[item.clocks.upperBound] = item }
        }
        var path: [YjsStruct] = []
        var clock = top
        while clock > first {
            guard let step = steps[clock] else { return nil }
            path.append(step)
            clock = step.clock
        }
        return path.reversed()
    }

    private static func shortened(_ row: [YjsStruct], _ deletions: YjsDeletions) -> [YjsStruct] {
        var result: [YjsStruct] = []
        for var item in row {
            if deletions.contain(item.clocks, of: item.client) { item.giveUpContent() }
            if result.isEmpty || !result[result.count - 1].join(item) { result.append(item) }
        }
        return result
    }

    private static func write(_ deletions: YjsDeletions, to writer: inout YjsWriter) {
        writer.number(UInt64(deletions.ranges.count))
        for (client, ranges) in deletions.ranges.sorted(by: { $0.key > $1.key }) {
            writer.number(client)
            writer.number(UInt64(ranges.count))
            for range in ranges {
                writer.number(range.lowerBound)
                writer.number(UInt64(range.count))
            }
        }
    }
}
