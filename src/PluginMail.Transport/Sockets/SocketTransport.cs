using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PluginMail.Transport;

/// <summary>Kestrel's socket transport with this project's buffers. Its public door to them is a web host builder; that is all that is built here.</summary>
internal sealed class SocketTransport : IAsyncDisposable
{
    private const long ReadAhead = 256 << 10; // what a client can make the server hold before a session takes it
    private readonly ServiceProvider _services;

    public SocketTransport(ILoggerFactory loggers)
    {
        var services = new ServiceCollection();
        services.AddOptions();
        services.AddSingleton(loggers);
        services.AddSingleton<IMemoryPoolFactory<byte>, BlockPoolFactory>();
        new Door(services).UseSockets(options =>
        {
            options.NoDelay = true;
            options.Backlog = 1024;
            options.MaxReadBufferSize = ReadAhead;
            options.UnsafePreferInlineScheduling = true; // sessions wait asynchronously, and block their thread for no longer than a local disk takes
        });
        _services = services.BuildServiceProvider();
        Factory = _services.GetRequiredService<IConnectionListenerFactory>();
    }

    /// <summary>Binds listeners.</summary>
    public IConnectionListenerFactory Factory { get; }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class BlockPoolFactory : IMemoryPoolFactory<byte>
    {
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockPool();
    }

    private sealed class Door(IServiceCollection services) : IWebHostBuilder
    {
#pragma warning disable ASPDEPR008 // the interface still names the type
        public IWebHost Build() => throw new NotSupportedException("only the transport is used");
#pragma warning restore ASPDEPR008

        public IWebHostBuilder ConfigureAppConfiguration(Action<WebHostBuilderContext, IConfigurationBuilder> configureDelegate) => this;

        public IWebHostBuilder ConfigureServices(Action<IServiceCollection> configureServices)
        {
            configureServices(services);
            return this;
        }

        public IWebHostBuilder ConfigureServices(Action<WebHostBuilderContext, IServiceCollection> configureServices)
        {
            configureServices(new WebHostBuilderContext(), services);
            return this;
        }

        public string? GetSetting(string key) => null;

        public IWebHostBuilder UseSetting(string key, string? value) => this;
    }
}
