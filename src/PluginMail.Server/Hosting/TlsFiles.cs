using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using PluginMail.Configuration.Options;
using PluginMail.Transport;

namespace PluginMail.Server;

/// <summary>The certificate that listeners serve: loaded as mail.toml says, made where it names none, and read again when its files change.</summary>
internal sealed class TlsFiles : IDisposable
{
    private readonly DataFolder _data;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private FileChanges? _changes;

    private TlsFiles(DataFolder data, ServerCertificate certificate, TimeProvider clock, ILogger log)
    {
        _data = data;
        Certificate = certificate;
        _clock = clock;
        _log = log;
    }

    /// <summary>The certificate; the same object however often its files change.</summary>
    public ServerCertificate Certificate { get; }

    /// <summary>Loads the certificate and begins to watch its files.</summary>
    /// <exception cref="IOException">A file cannot be read or made.</exception>
    /// <exception cref="CryptographicException">A file is not what it should be.</exception>
    public static TlsFiles Load(MailServerOptions options, DataFolder data, TimeProvider clock, ILogger log)
    {
        (string certificate, string key) = Find(options, data, clock);
        var files = new TlsFiles(data, ServerCertificate.Load(certificate, key), clock, log);
        files.Watch(certificate, key);
        return files;
    }

    /// <summary>Loads what mail.toml names now; where that fails the old certificate goes on serving.</summary>
    public void Apply(MailServerOptions options)
    {
        try
        {
            (string certificate, string key) = Find(options, _data, _clock);
            Watch(certificate, key);
            TryReload(certificate, key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ServerLog.CertificateNotRead(_log, e.Message);
        }
    }

    public void Dispose() => _changes?.Dispose();

    private static (string Certificate, string Key) Find(MailServerOptions options, DataFolder data, TimeProvider clock)
    {
        if (options.Tls.Certificate.Length > 0)
        {
            return (options.Tls.Certificate, options.Tls.Key);
        }

        string certificate = Path.Combine(data.Tls, "certificate.pem");
        string key = Path.Combine(data.Tls, "key.pem");
        ServerCertificate.EnsureSelfSigned(certificate, key, options.Server.Hostname, clock.GetUtcNow());
        return (certificate, key);
    }

    private void Watch(string certificate, string key)
    {
        _changes?.Dispose();
        _changes = new FileChanges([certificate, key], () => TryReload(certificate, key), _clock);
    }

    private bool TryReload(string certificate, string key)
    {
        try
        {
            Certificate.Reload(certificate, key);
            ServerLog.Certificate(_log, Certificate.Description);
            return true;
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException)
        {
            ServerLog.CertificateNotRead(_log, e.Message);
            return false;
        }
    }
}
