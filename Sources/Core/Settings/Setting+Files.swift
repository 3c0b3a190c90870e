/// Uploads, where they are kept, and cloud drives.
extension Setting {
    package static let ragFileMaxCount = SettingKey<Int?>(
        "RAG_FILE_MAX_COUNT",
        stored: "rag.file.max_count",
        default: nil,
        "Files that may be attached at once; empty for any number."
    )
    package static let ragFileMaxSize = SettingKey<Int?>(
        "RAG_FILE_MAX_SIZE",
        stored: "rag.file.max_size",
        default: nil,
        "Size of an attached file in MB; empty for any size."
    )
    package static let ragAllowedFileExtensions = SettingKey<[String]>(
        "RAG_ALLOWED_FILE_EXTENSIONS",
        stored: "rag.file.allowed_extensions",
        default: [],
        "Extensions that files may have; empty for all."
    )
    package static let fileImageCompressionWidth = SettingKey<Int?>(
        "FILE_IMAGE_COMPRESSION_WIDTH",
        stored: "file.image_compression_width",
        default: nil,
        "Width to which the client scales images down; empty for none."
    )
    package static let fileImageCompressionHeight = SettingKey<Int?>(
        "FILE_IMAGE_COMPRESSION_HEIGHT",
        stored: "file.image_compression_height",
        default: nil,
        "Height to which the client scales images down; empty for none."
    )
    package static let storageProvider = SettingKey<String>(
        "STORAGE_PROVIDER",
        default: "local",
        "Where uploads are kept: local or s3."
    )
    package static let s3AccessKeyID = SettingKey<String>(
        "S3_ACCESS_KEY_ID",
        default: "",
        secret: true,
        "Access key id of the S3 storage."
    )
    package static let s3SecretAccessKey = SettingKey<String>(
        "S3_SECRET_ACCESS_KEY",
        default: "",
        secret: true,
        "Secret access key of the S3 storage."
    )
    package static let s3RegionName = SettingKey<String>(
        "S3_REGION_NAME",
        default: "",
        "Region of the S3 storage."
    )
    package static let s3BucketName = SettingKey<String>(
        "S3_BUCKET_NAME",
        default: "",
        "Bucket of the S3 storage."
    )
    package static let s3KeyPrefix = SettingKey<String>(
        "S3_KEY_PREFIX",
        default: "",
        "What the names of all objects in the bucket begin with."
    )
    package static let s3EndpointURL = SettingKey<String>(
        "S3_ENDPOINT_URL",
        default: "",
        "Address of the S3 storage; empty for Amazon's."
    )
    package static let s3UseAccelerateEndpoint = SettingKey<Bool>(
        "S3_USE_ACCELERATE_ENDPOINT",
        default: false,
        "Whether Amazon's accelerated address is used."
    )
    package static let s3AddressingStyle = SettingKey<String>(
        "S3_ADDRESSING_STYLE",
        default: "",
        "Whether the bucket is in the path or in the host name: path, virtual or empty."
    )
    package static let s3EnableTagging = SettingKey<Bool>(
        "S3_ENABLE_TAGGING",
        default: false,
        "Whether objects get the tags of their file."
    )
    package static let enableGoogleDriveIntegration = SettingKey<Bool>(
        "ENABLE_GOOGLE_DRIVE_INTEGRATION",
        stored: "google_drive.enable",
        default: false,
        "Whether files can be taken from Google Drive."
    )
    package static let googleDriveClientID = SettingKey<String>(
        "GOOGLE_DRIVE_CLIENT_ID",
        stored: "google_drive.client_id",
        default: "",
        "Client id for Google Drive."
    )
    package static let googleDriveAPIKey = SettingKey<String>(
        "GOOGLE_DRIVE_API_KEY",
        stored: "google_drive.api_key",
        default: "",
        secret: true,
        "API key for Google Drive."
    )
    package static let enableOneDriveIntegration = SettingKey<Bool>(
        "ENABLE_ONEDRIVE_INTEGRATION",
        stored: "onedrive.enable",
        default: false,
        "Whether files can be taken from OneDrive."
    )
    package static let enableOneDrivePersonal = SettingKey<Bool>(
        "ENABLE_ONEDRIVE_PERSONAL",
        default: true,
        "Whether personal accounts of OneDrive are offered."
    )
    package static let enableOneDriveBusiness = SettingKey<Bool>(
        "ENABLE_ONEDRIVE_BUSINESS",
        default: true,
        "Whether accounts of OneDrive at work are offered."
    )
    package static let oneDriveClientID = SettingKey<String>(
        "ONEDRIVE_CLIENT_ID",
        default: "",
        "Client id for OneDrive."
    )
    package static let oneDriveClientIDPersonal = SettingKey<String>(
        "ONEDRIVE_CLIENT_ID_PERSONAL",
        default: "",
        inherits: "ONEDRIVE_CLIENT_ID",
        "Client id for personal accounts, when it is another one."
    )
    package static let oneDriveClientIDBusiness = SettingKey<String>(
        "ONEDRIVE_CLIENT_ID_BUSINESS",
        default: "",
        inherits: "ONEDRIVE_CLIENT_ID",
        "Client id for accounts at work, when it is another one."
    )
    package static let oneDriveSharePointURL = SettingKey<String>(
        "ONEDRIVE_SHAREPOINT_URL",
        stored: "onedrive.sharepoint_url",
        default: "",
        "Address of the organisation's SharePoint."
    )
    package static let oneDriveSharePointTenantID = SettingKey<String>(
        "ONEDRIVE_SHAREPOINT_TENANT_ID",
        stored: "onedrive.sharepoint_tenant_id",
        default: "",
        "Tenant of the organisation's SharePoint."
    )

    package static let files: [any AnySettingKey] = [
        ragFileMaxCount, ragFileMaxSize, ragAllowedFileExtensions, fileImageCompressionWidth,
        fileImageCompressionHeight, storageProvider, s3AccessKeyID, s3SecretAccessKey, s3RegionName, s3BucketName,
        s3KeyPrefix, s3EndpointURL, s3UseAccelerateEndpoint, s3AddressingStyle, s3EnableTagging,
        enableGoogleDriveIntegration, googleDriveClientID, googleDriveAPIKey, enableOneDriveIntegration,
        enableOneDrivePersonal, enableOneDriveBusiness, oneDriveClientID, oneDriveClientIDPersonal,
        oneDriveClientIDBusiness, oneDriveSharePointURL, oneDriveSharePointTenantID,
    ]
}
