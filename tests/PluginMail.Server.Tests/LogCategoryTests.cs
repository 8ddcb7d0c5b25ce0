using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace PluginMail.Server.Tests;

public sealed class LogCategoryTests
{
    [Fact]
    public async Task Every_logger_of_the_server_has_a_category_that_mail_toml_names()
    {
        using var data = new TestData();
        var loggers = new Recorder();
        await (await ServerCore.OpenAsync(data.Options, TimeProvider.System, loggers, CancellationToken.None)).DisposeAsync();
        Assert.Contains("queue", loggers.Categories);
        Assert.Contains("storage", loggers.Categories);
        Assert.All(loggers.Categories, category => Assert.Contains(category.Split('.')[0], LogCategories.All));

        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "PluginMail.sln")))
        {
            folder = folder.Parent;
        }

        string settings = await File.ReadAllTextAsync(Path.Combine(folder.FullName, "mail.toml"));
        string log = settings[settings.IndexOf("[log]", StringComparison.Ordinal)..];
        Assert.All(LogCategories.All, category => Assert.Matches($@"\b{category}\b", log));
    }

    private sealed class Recorder : ILoggerFactory
    {
        public ConcurrentQueue<string> Categories { get; } = new();

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName)
        {
            Categories.Enqueue(categoryName);
            return NullLogger.Instance;
        }

        public void Dispose()
        {
        }
    }
}
