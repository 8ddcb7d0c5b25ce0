using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PluginMail.Abstractions;
using PluginMail.Storage;
using PluginMail.Storage.Sqlite;

// Writes to a store until it is killed, and says on standard output what the store acknowledged:
//   + folder uid text   a message is stored      ? folder uid   its removal begins      - folder uid   it is removed
// Arguments: data folder, first number of the texts.
int number = int.Parse(args[1], CultureInfo.InvariantCulture);
using var output = TextWriter.Synchronized(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
await using SqliteMailStore store = await SqliteMailStore.OpenAsync(
    new StoreOptions(args[0]) { SegmentSize = 400_000 }, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
Account account = (await store.Directory.FindAccountAsync(new EmailAddress("anna", "example.test"), default))!;
IReadOnlyList<Folder> folders = await store.Mailboxes.ListFoldersAsync(account.Id, default);
await Task.WhenAll(Enumerable.Range(0, 8).Select(session => Task.Run(() => SessionAsync(folders[session % folders.Count].Id, session))));

async Task SessionAsync(FolderId folder, int session)
{
    while (true)
    {
        int mine = Interlocked.Increment(ref number);
        int length = (mine % 50) switch { 0 => 1_200_000, < 5 => 70_000, _ => 2_000 };
        string text = string.Create(CultureInfo.InvariantCulture, $"{mine}:{length}");
        await using IBodySpool spool = store.Bodies.CreateSpool();
        await spool.WriteAsync(Encoding.ASCII.GetBytes(text.PadRight(length, 'x')), default);
        var copy = new NewCopy(new NewBody(await spool.CompleteAsync(default), "structure"u8.ToArray()), folder, default, default, [], DateTimeOffset.UnixEpoch);
        CommitResult result = await store.CommitAsync(new StoreBatch([copy], []), default);
        uint uid = result.Copies[0].Uid;
        await output.WriteLineAsync($"+ {folder.Value} {uid} {text}");
        if (mine % 3 == 0)
        {
            await output.WriteLineAsync($"? {folder.Value} {uid}");
            await store.Mailboxes.ExpungeAsync(folder, [uid], always: true, default);
            await output.WriteLineAsync($"- {folder.Value} {uid}");
        }

        if (session == 0 && mine % 7 == 0)
        {
            await store.Maintenance.ReclaimAsync(default);
        }
    }
}
