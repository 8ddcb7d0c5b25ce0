using PluginMail.Transport;

namespace PluginMail.Smtp.Tests;

/// <summary>A self-signed certificate for a test.</summary>
internal static class TestCertificate
{
    public static ServerCertificate Make()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pluginmail-smtp-");
        try
        {
            string certificate = Path.Combine(folder.FullName, "cert.pem");
            string key = Path.Combine(folder.FullName, "key.pem");
            ServerCertificate.EnsureSelfSigned(certificate, key, "mx.example.test", DateTimeOffset.UtcNow);
            return ServerCertificate.Load(certificate, key);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
