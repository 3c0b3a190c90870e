package import Accounts
import Core
package import HTTP

/// The parts of the API that are not built. They refuse whom they would refuse, and tell everybody else that they are not there: so a stranger
/// learns nothing, and a client gets a clear answer. Whoever builds one takes it out of this table.
package enum NotBuiltRoutes {
    package static let all: [Route<Context>] = tables.flatMap { access, method, paths in
        paths.split(whereSeparator: \.isWhitespace).map { path in
            Route(method, String(path), access) { _ in
                throw APIError.notImplemented("This part of the API is not built")
            }
        }
    }

    private static let tables: [(Access, Method, String)] = [
        (
            .admin, .delete,
            """
            /api/v1/files/all /api/v1/functions/id/{id}/delete /api/v1/pipelines/delete
            """
        ),
        (
            .admin, .get,
            """
            /api/v1/audio/config /api/v1/functions/export /api/v1/functions/id/{id} /api/v1/functions/id/{id}/valves
            /api/v1/functions/id/{id}/valves/spec /api/v1/images/config /api/v1/images/config/url/verify
            /api/v1/images/image/config /api/v1/pipelines/ /api/v1/pipelines/list
            /api/v1/pipelines/{pipeline_id}/valves /api/v1/pipelines/{pipeline_id}/valves/spec
            /api/v1/retrieval/config /api/v1/tools/export /api/v1/utils/db/download /api/v1/utils/litellm/config
            """
        ),
        (
            .admin, .post,
            """
            /api/v1/audio/config/update /api/v1/functions/create /api/v1/functions/id/{id}/toggle
            /api/v1/functions/id/{id}/toggle/global /api/v1/functions/id/{id}/update
            /api/v1/functions/id/{id}/valves/update /api/v1/functions/load/url /api/v1/functions/sync
            /api/v1/images/config/update /api/v1/images/image/config/update /api/v1/knowledge/reindex
            /api/v1/pipelines/add /api/v1/pipelines/upload /api/v1/pipelines/{pipeline_id}/valves/update
            /api/v1/retrieval/config/update /api/v1/retrieval/delete /api/v1/retrieval/reset/db
            /api/v1/retrieval/reset/uploads /api/v1/tools/load/url /api/v1/utils/code/format /ollama/models/download
            /ollama/models/download/{url_idx} /ollama/models/upload /ollama/models/upload/{url_idx}
            """
        ),
        (
            .verified, .delete,
            """
            /api/v1/files/{id} /api/v1/knowledge/{id}/delete /api/v1/tools/id/{id}/delete
            """
        ),
        (
            .verified, .get,
            """
            /api/v1/audio/models /api/v1/audio/voices /api/v1/files/ /api/v1/files/search /api/v1/files/{id}
            /api/v1/files/{id}/content /api/v1/files/{id}/content/html /api/v1/files/{id}/content/{file_name}
            /api/v1/files/{id}/data/content /api/v1/files/{id}/process/status /api/v1/functions/id/{id}/valves/user
            /api/v1/functions/id/{id}/valves/user/spec /api/v1/images/models /api/v1/knowledge/{id} /api/v1/retrieval/
            /api/v1/retrieval/ef/{text} /api/v1/tools/id/{id} /api/v1/tools/id/{id}/valves
            /api/v1/tools/id/{id}/valves/spec /api/v1/tools/id/{id}/valves/user /api/v1/tools/id/{id}/valves/user/spec
            /api/v1/utils/gravatar /oauth/clients/{client_id}/authorize /oauth/clients/{client_id}/callback
            """
        ),
        (
            .verified, .post,
            """
            /api/chat/actions/{action_id} /api/v1/audio/speech /api/v1/audio/transcriptions /api/v1/files/
            /api/v1/files/{id}/data/content/update /api/v1/functions/id/{id}/valves/user/update
            /api/v1/images/generations /api/v1/knowledge/create /api/v1/knowledge/{id}/file/add
            /api/v1/knowledge/{id}/file/remove /api/v1/knowledge/{id}/file/update
            /api/v1/knowledge/{id}/files/batch/add /api/v1/knowledge/{id}/reset /api/v1/knowledge/{id}/update
            /api/v1/retrieval/process/file /api/v1/retrieval/process/files/batch /api/v1/retrieval/process/text
            /api/v1/retrieval/process/web /api/v1/retrieval/process/web/search /api/v1/retrieval/process/youtube
            /api/v1/retrieval/query/collection /api/v1/retrieval/query/doc /api/v1/tools/create
            /api/v1/tools/id/{id}/update /api/v1/tools/id/{id}/valves/update /api/v1/tools/id/{id}/valves/user/update
            /api/v1/utils/code/execute /api/v1/utils/markdown /api/v1/utils/pdf /openai/audio/speech
            """
        ),
    ]
}
